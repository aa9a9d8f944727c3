/** The pages of the settings, in order. */
export const settingsPages = [
  { name: "upstream", href: "/settings" },
  { name: "providers", href: "/settings/providers" },
  { name: "logging", href: "/settings/logging" },
  { name: "prices", href: "/settings/prices" },
  { name: "appearance", href: "/settings/appearance" },
  { name: "alerts", href: "/settings/alerts" },
  { name: "traces", href: "/settings/traces" },
  { name: "signIn", href: "/settings/sign-in" },
  { name: "maintenance", href: "/settings/maintenance" },
  { name: "backup", href: "/settings/backup" },
  { name: "about", href: "/settings/about" },
] as const;
