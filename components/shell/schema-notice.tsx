import { DatabaseZap } from "lucide-react";
import { getTranslations } from "next-intl/server";
import { Alert, AlertDescription, AlertTitle } from "@/components/ui/alert";
import type { ManageContext } from "@/lib/manage/manage-context";
import { readSchemaState } from "@/lib/manage/settings/read-schema-state";

/** Warns on every page, for people who can do something about it, that the database lacks migrations. */
export async function SchemaNotice({ context }: { readonly context: ManageContext }) {
  const { missing } = await readSchemaState(context);
  if (missing.length === 0) return null;
  const t = await getTranslations("shell.schema");
  return (
    <Alert role="status" className="mb-6">
      <DatabaseZap aria-hidden className="text-cooling!" />
      <AlertTitle>{t("title")}</AlertTitle>
      <AlertDescription>
        <p>{t("meaning", { count: missing.length })}</p>
        <p>
          {t.rich("remedy", {
            command: (text) => <code className="font-mono text-xs break-words">{text}</code>,
          })}
        </p>
        <p className="font-mono text-xs break-all">{missing.join(", ")}</p>
      </AlertDescription>
    </Alert>
  );
}
