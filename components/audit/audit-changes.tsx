"use client";

import { useTranslations } from "next-intl";
import { UNKNOWN } from "@/components/format";
import {
  Table,
  TableBody,
  TableCell,
  TableHead,
  TableHeader,
  TableRow,
} from "@/components/ui/table";

type Fields = Readonly<Record<string, unknown>> | null;

/** Each field before and after the change. */
export function AuditChanges({
  before,
  after,
}: {
  readonly before: Fields;
  readonly after: Fields;
}) {
  const t = useTranslations("audit");
  const fields = [...new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])];
  if (fields.length === 0) return <p className="text-muted-foreground">{t("noChanges")}</p>;
  return (
    <div className="overflow-hidden rounded-lg border">
      <Table aria-label={t("changes")}>
        <TableHeader>
          <TableRow className="hover:bg-transparent">
            <TableHead>{t("field")}</TableHead>
            {before && <TableHead>{t("before")}</TableHead>}
            {after && <TableHead>{t("after")}</TableHead>}
          </TableRow>
        </TableHeader>
        <TableBody className="font-mono text-xs">
          {fields.map((field) => (
            <TableRow key={field}>
              <TableCell className="align-top">{field}</TableCell>
              {before && <ValueCell name={field} value={before[field]} />}
              {after && <ValueCell name={field} value={after[field]} />}
            </TableRow>
          ))}
        </TableBody>
      </Table>
    </div>
  );
}

function ValueCell({ name, value }: { readonly name: string; readonly value: unknown }) {
  return (
    <TableCell className="align-top break-all whitespace-pre-wrap">{toText(name, value)}</TableCell>
  );
}

function toText(name: string, value: unknown): string {
  if (value === undefined || value === null) return UNKNOWN;
  if (typeof value === "number" && /At(Ms)?$/.test(name)) return new Date(value).toISOString();
  return typeof value === "string" ? value : JSON.stringify(value, null, 1);
}
