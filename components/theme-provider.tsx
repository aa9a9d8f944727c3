"use client";

import "./style-nonce";
import { ThemeProvider as NextThemesProvider } from "next-themes";
import type { ReactNode } from "react";

/** Light, dark or the system's theme, by a class on `<html>`. */
export function ThemeProvider({
  nonce,
  defaultTheme,
  children,
}: {
  /** The nonce of the Content-Security-Policy, for the script that sets the class before the first paint. */
  readonly nonce: string | undefined;
  /** For browsers without a choice. */
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
