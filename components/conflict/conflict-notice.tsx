"use client";

import { useTranslations } from "next-intl";
import { Button } from "@/components/ui/button";
import type { Conflict } from "./use-careful-save";

/** Shows both changes of the same fields, and asks which to keep. What was typed stays until then. */
export function ConflictNotice<Fields extends object>({
  conflict,
  labelOf,
  textOf = plainText,
  isBusy,
  onMine,
  onTheirs,
}: {
  readonly conflict: Conflict<Fields> | null;
  readonly labelOf: (name: keyof Fields & string) => string;
  /** A value as displayed; null if there is none. */
  readonly textOf?: (value: unknown, name: keyof Fields & string) => string | null;
  readonly isBusy: boolean;
  readonly onMine: () => void;
  readonly onTheirs: () => void;
}) {
  const t = useTranslations("common.conflict");
  if (conflict === null) return null;
  const names = Object.keys(conflict.theirs) as (keyof Fields & string)[];
  const shown = (value: unknown, name: keyof Fields & string) => textOf(value, name) ?? t("none");
  return (
    <div role="alert" className="border-cooling/60 space-y-3 rounded-lg border p-4 text-sm">
      <div className="space-y-1">
        <p className="font-medium">{t("title")}</p>
        <p className="text-muted-foreground">{t("description")}</p>
      </div>
      <table className="w-full table-fixed">
        <thead className="text-muted-foreground text-left">
          <tr>
            <th scope="col" className="py-1 pr-3 font-normal">
              <span className="sr-only">{t("field")}</span>
            </th>
            <th scope="col" className="py-1 pr-3 font-normal">
              {t("theirs")}
            </th>
            <th scope="col" className="py-1 font-normal">
              {t("mine")}
            </th>
          </tr>
        </thead>
        <tbody className="align-top">
          {names.map((name) => (
            <tr key={name} className="border-t">
              <th scope="row" className="py-1.5 pr-3 text-left font-normal">
                {labelOf(name)}
              </th>
              <td className="py-1.5 pr-3 break-words">{shown(conflict.theirs[name], name)}</td>
              <td className="py-1.5 break-words">{shown(conflict.mine[name], name)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <div className="flex flex-wrap gap-2">
        <Button type="button" size="sm" variant="outline" disabled={isBusy} onClick={onTheirs}>
          {t("takeTheirs")}
        </Button>
        <Button type="button" size="sm" disabled={isBusy} onClick={onMine}>
          {t("keepMine")}
        </Button>
      </div>
    </div>
  );
}

function plainText(value: unknown): string | null {
  if (value === null || value === undefined || value === "") return null;
  if (Array.isArray(value)) return value.length === 0 ? null : value.map(plainText).join(", ");
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
