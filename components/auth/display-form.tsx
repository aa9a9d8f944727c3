"use client";

import { useRouter } from "next/navigation";
import { useTranslations } from "next-intl";
import { type ReactNode, useId, useTransition } from "react";
import { keepCookie } from "@/components/shell/keep-cookie";
import { Label } from "@/components/ui/label";
import {
  CHOSEN_ZONE_COOKIE,
  CLOCK_COOKIE,
  type Clock,
  DENSITY_COOKIE,
  type Density,
  densities,
} from "@/i18n/locale";

/** Choices of this browser: time zone, clock, and how close together rows stand. They apply at once. */
export function DisplayForm({
  timeZone,
  clock,
  density,
  zones,
}: {
  /** Undefined for the browser's, as for `clock`. */
  readonly timeZone: string | undefined;
  readonly clock: Clock | undefined;
  readonly density: Density;
  /** All time zones, by the server: the browser may know others. */
  readonly zones: readonly string[];
}) {
  const t = useTranslations("auth.account.display");
  const router = useRouter();
  const [isBusy, startTransition] = useTransition();

  function choose(cookie: string, value: string) {
    keepCookie(cookie, value);
    startTransition(() => router.refresh());
  }

  return (
    <div aria-busy={isBusy} className="grid gap-5 sm:grid-cols-2">
      <Choice
        label={t("timeZone")}
        value={timeZone ?? ""}
        onChange={(zone) => choose(CHOSEN_ZONE_COOKIE, zone)}
      >
        <option value="">{t("browserZone")}</option>
        {zones.map((zone) => (
          <option key={zone} value={zone}>
            {zone.replaceAll("_", " ")}
          </option>
        ))}
      </Choice>
      <Choice
        label={t("clock")}
        value={clock ?? ""}
        onChange={(hours) => choose(CLOCK_COOKIE, hours)}
      >
        <option value="">{t("regionClock")}</option>
        <option value="24">{t("clock24")}</option>
        <option value="12">{t("clock12")}</option>
      </Choice>
      <Choice
        label={t("density")}
        value={density}
        onChange={(chosen) => choose(DENSITY_COOKIE, chosen)}
      >
        {densities.map((each) => (
          <option key={each} value={each}>
            {t(each)}
          </option>
        ))}
      </Choice>
    </div>
  );
}

/** The browser's own list: it finds one of 400 zones by typing, and fills a phone's screen. */
function Choice({
  label,
  value,
  onChange,
  children,
}: {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly children: ReactNode;
}) {
  const id = useId();
  return (
    <div className="grid gap-2">
      <Label htmlFor={id}>{label}</Label>
      <select
        id={id}
        value={value}
        onChange={(event) => onChange(event.target.value)}
        className="border-input bg-background focus-visible:border-ring focus-visible:ring-ring/50 h-9 w-full min-w-0 rounded-md border px-3 text-sm shadow-xs outline-none focus-visible:ring-[3px] max-sm:min-h-10"
      >
        {children}
      </select>
    </div>
  );
}
