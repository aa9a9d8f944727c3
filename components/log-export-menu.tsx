"use client";

import { Download } from "lucide-react";
import { useSearchParams } from "next/navigation";
import { useTranslations } from "next-intl";
import { Button } from "@/components/ui/button";
import {
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuItem,
  DropdownMenuTrigger,
} from "@/components/ui/dropdown-menu";

/**
 * All entries that match the page's filters, as a file.
 * @param path The route that creates it; it accepts the page's parameters, and `format`.
 */
export function LogExportMenu({ path }: { readonly path: string }) {
  const t = useTranslations("common");
  const params = useSearchParams();
  const href = (format: "csv" | "json") => {
    const query = new URLSearchParams(params);
    query.delete("page");
    query.set("format", format);
    return `${path}?${query}`;
  };
  return (
    <DropdownMenu>
      <DropdownMenuTrigger asChild>
        <Button variant="outline">
          <Download aria-hidden />
          {t("export")}
        </Button>
      </DropdownMenuTrigger>
      <DropdownMenuContent align="end">
        <DropdownMenuItem asChild>
          <a href={href("csv")} download>
            {t("exportCsv")}
          </a>
        </DropdownMenuItem>
        <DropdownMenuItem asChild>
          <a href={href("json")} download>
            {t("exportJson")}
          </a>
        </DropdownMenuItem>
      </DropdownMenuContent>
    </DropdownMenu>
  );
}
