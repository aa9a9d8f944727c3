import { Download } from "lucide-react";
import { useTranslations } from "next-intl";
import type { ComponentProps } from "react";
import { Button } from "@/components/ui/button";

/** Opens the menu of what can be exported. */
export function ExportButton(props: ComponentProps<typeof Button>) {
  const t = useTranslations("keys.export");
  return (
    <Button variant="outline" size="sm" {...props}>
      <Download aria-hidden />
      {t("action")}
    </Button>
  );
}
