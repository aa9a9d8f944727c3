"use client";

import "./style-nonce";
import { ThemeProvider as NextThemesProvider } from "next-themes";
import type { ReactNode } from "react";

/** Light, dark or as the system has it, by a class on `<html>`. */
export function ThemeProvider({
  nonce,
  defaultTheme,
  children,
}: {
  /** Of the Content-Security-Policy, for the script that sets the class before the first paint. */
  readonly nonce: string | undefined;
  /** For browsers that have not chosen. */
  readonly defaultTheme: "system" | "light" | "dark";
  readonly children: ReactNode;
}) {
  return (
    <NextThemesProvider
      attribute="class"
      defaultTheme={defaultTheme}
      enableSystem
      {...(nonce !== undefined && { nonce })}
    >
      {children}
    </NextThemesProvider>
  );
}
