"use client";

import { CircleUser, Languages, LogOut, SunMoon } from "lucide-react";
import { useLocale, useTranslations } from "next-intl";
import { useTheme } from "next-themes";
import { useTransition } from "react";
import { chooseLocale } from "@/app/choose-locale";
import { Link } from "@/components/link";
import { MemberButton } from "@/components/shell/member-button";
import {
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuItem,
  DropdownMenuLabel,
  DropdownMenuRadioGroup,
  DropdownMenuRadioItem,
  DropdownMenuSeparator,
  DropdownMenuSub,
  DropdownMenuSubContent,
  DropdownMenuSubTrigger,
  DropdownMenuTrigger,
} from "@/components/ui/dropdown-menu";
import { languageOf, locales } from "@/i18n/locale";
import type { Member } from "@/lib/auth/member";

const THEMES = ["system", "light", "dark"] as const;

/** Languages under their own names. */
const LANGUAGE_NAMES = { en: "English", zh: "简体中文" };

/** Who is signed in, and their own settings. Open from the start, because it is loaded to be opened. */
export function MemberMenu({
  member,
  signOut,
}: {
  readonly member: Pick<Member, "name" | "email" | "image">;
  readonly signOut: () => Promise<void>;
}) {
  const t = useTranslations("shell");
  const locale = languageOf(useLocale());
  const { theme = "system", setTheme } = useTheme();
  const [, startTransition] = useTransition();
  return (
    <DropdownMenu defaultOpen>
      <DropdownMenuTrigger asChild>
        <MemberButton member={member} />
      </DropdownMenuTrigger>
      <DropdownMenuContent align="end" className="w-60">
        <DropdownMenuLabel className="font-normal">
          <p className="truncate font-medium">{member.name}</p>
          <p className="text-muted-foreground truncate text-xs">{member.email}</p>
        </DropdownMenuLabel>
        <DropdownMenuSeparator />
        <DropdownMenuItem asChild>
          <Link href={"/account"}>
            <CircleUser aria-hidden />
            {t("account")}
          </Link>
        </DropdownMenuItem>
        <DropdownMenuSub>
          <DropdownMenuSubTrigger>
            <SunMoon aria-hidden />
            {t("appearance")}
          </DropdownMenuSubTrigger>
          <DropdownMenuSubContent>
            <DropdownMenuRadioGroup value={theme} onValueChange={setTheme}>
              {THEMES.map((each) => (
                <DropdownMenuRadioItem key={each} value={each}>
                  {t(`theme.${each}`)}
                </DropdownMenuRadioItem>
              ))}
            </DropdownMenuRadioGroup>
          </DropdownMenuSubContent>
        </DropdownMenuSub>
        <DropdownMenuSub>
          <DropdownMenuSubTrigger>
            <Languages aria-hidden />
            {t("language")}
          </DropdownMenuSubTrigger>
          <DropdownMenuSubContent>
            <DropdownMenuRadioGroup
              value={locale}
              onValueChange={(chosen) => startTransition(() => chooseLocale(chosen))}
            >
              {locales.map((each) => (
                <DropdownMenuRadioItem key={each} value={each} lang={each}>
                  {LANGUAGE_NAMES[each]}
                </DropdownMenuRadioItem>
              ))}
            </DropdownMenuRadioGroup>
          </DropdownMenuSubContent>
        </DropdownMenuSub>
        <DropdownMenuSeparator />
        <DropdownMenuItem onSelect={() => startTransition(() => signOut())}>
          <LogOut aria-hidden />
          {t("signOut")}
        </DropdownMenuItem>
      </DropdownMenuContent>
    </DropdownMenu>
  );
}
