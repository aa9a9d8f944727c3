import "./globals.css";
import { GeistMono } from "geist/font/mono";
import { GeistSans } from "geist/font/sans";
import type { Metadata, Viewport } from "next";
import { headers } from "next/headers";
import { getLocale, getTranslations } from "next-intl/server";
import { NuqsAdapter } from "nuqs/adapters/next/app";
import type { ReactNode } from "react";
import { ClientMessages } from "@/components/client-messages";
import { ActionTroubles } from "@/components/shell/action-troubles";
import { ThemeProvider } from "@/components/theme-provider";
import { Toaster } from "@/components/ui/sonner";
import { languageOf } from "@/i18n/locale";
import { displayChoices } from "@/i18n/request-reader";
import { NONCE_HEADER } from "@/lib/http/page-security";
import { teamAppearance } from "./team-appearance";

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations("shell");
  return {
    title: { default: "One Balance", template: "%s · One Balance" },
    description: t("description"),
    robots: { index: false, follow: false },
  };
}

export const viewport: Viewport = {
  themeColor: [
    { media: "(prefers-color-scheme: light)", color: "#ffffff" },
    { media: "(prefers-color-scheme: dark)", color: "#0a0a0a" },
  ],
};

export default async function RootLayout({ children }: { readonly children: ReactNode }) {
  const [locale, { density }, requestHeaders, { theme }] = await Promise.all([
    getLocale(),
    displayChoices(),
    headers(),
    teamAppearance(),
  ]);
  const nonce = requestHeaders.get(NONCE_HEADER) ?? undefined;
  return (
    // The theme's script changes the class before React takes over.
    <html
      lang={languageOf(locale) === "zh" ? "zh-CN" : "en"}
      data-density={density}
      className={`${GeistSans.variable} ${GeistMono.variable}`}
      suppressHydrationWarning
    >
      <body>
        <ThemeProvider nonce={nonce} defaultTheme={theme}>
          <NuqsAdapter>
            <ClientMessages>
              {children}
              <ActionTroubles />
              {/* Above the selection bar, whose buttons a message must not cover. */}
              <Toaster
                position="bottom-right"
                offset={{ bottom: "6rem" }}
                mobileOffset={{ bottom: "11rem" }}
              />
            </ClientMessages>
          </NuqsAdapter>
        </ThemeProvider>
      </body>
    </html>
  );
}
