"use client";

import "./style-nonce";
import { ThemeProvider as NextThemesProvider } from "next-themes";
import type { ReactNode } from "react";

/** Light, dark or as the system has it, by a class on `<html>`. */
export function ThemeProvider({
  nonce,
  children,
}: {
  /** Of the Content-Security-Policy, for the script that sets the class before the first paint. */
  readonly nonce: string | undefined;
  readonly children: ReactNode;
}) {
  return (
    <NextThemesProvider
      attribute="class"
      defaultTheme="system"
      enableSystem
      disableTransitionOnChange
      {...(nonce !== undefined && { nonce })}
    >
      {children}
    </NextThemesProvider>
  );
}
