"use client";

import { useTranslations } from "next-intl";
import {
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuItem,
  DropdownMenuSeparator,
  DropdownMenuTrigger,
} from "@/components/ui/dropdown-menu";
import type { KeyFilter } from "../types";
import { ExportButton } from "./export-button";

const FORMATS = ["csv", "json"] as const;

/** The forms in which keys are exported. Open from the start, because it is loaded to be opened. */
export function ExportFormats({
  filter,
  onSecrets,
}: {
  readonly filter: KeyFilter;
  readonly onSecrets: () => void;
}) {
  const t = useTranslations("keys.export");
  const fields = Object.entries(filter).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value]],
  );
  const hrefFor = (format: string) =>
    `/keys/export?${new URLSearchParams([...fields, ["format", format]])}`;
  return (
    <DropdownMenu defaultOpen>
      <DropdownMenuTrigger asChild>
        <ExportButton />
      </DropdownMenuTrigger>
      <DropdownMenuContent align="end">
        {FORMATS.map((format) => (
          <DropdownMenuItem key={format} asChild>
            <a href={hrefFor(format)} download>
              {t(format)}
            </a>
          </DropdownMenuItem>
        ))}
        <DropdownMenuSeparator />
        <DropdownMenuItem onSelect={onSecrets}>{t("secrets")}…</DropdownMenuItem>
      </DropdownMenuContent>
    </DropdownMenu>
  );
}
