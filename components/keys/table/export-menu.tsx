"use client";

import { Download } from "lucide-react";
import dynamic from "next/dynamic";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import {
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuItem,
  DropdownMenuSeparator,
  DropdownMenuTrigger,
} from "@/components/ui/dropdown-menu";
import type { KeyFilter } from "../types";

const ExportSecretsDialog = dynamic(() =>
  import("./export-secrets-dialog").then(({ ExportSecretsDialog }) => ExportSecretsDialog),
);

const FORMATS = ["csv", "json"] as const;

/** Exports the matching keys as a file. */
export function ExportMenu({
  filter,
  label,
}: {
  readonly filter: KeyFilter;
  readonly label: string;
}) {
  const t = useTranslations("keys.export");
  const [isAsking, setIsAsking] = useState(false);
  const fields = Object.entries(filter).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value]],
  );
  const hrefFor = (format: string) =>
    `/keys/export?${new URLSearchParams([...fields, ["format", format]])}`;
  return (
    <>
      <DropdownMenu>
        <DropdownMenuTrigger asChild>
          <Button variant="outline" size="sm">
            <Download aria-hidden />
            {t("action")}
          </Button>
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
          <DropdownMenuItem onSelect={() => setIsAsking(true)}>{t("secrets")}…</DropdownMenuItem>
        </DropdownMenuContent>
      </DropdownMenu>
      {isAsking && (
        <ExportSecretsDialog filter={filter} label={label} onClose={() => setIsAsking(false)} />
      )}
    </>
  );
}
