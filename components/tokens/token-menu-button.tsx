import { MoreHorizontal } from "lucide-react";
import { useTranslations } from "next-intl";
import type { ComponentProps } from "react";
import { Button } from "@/components/ui/button";

/** Opens a token's menu. */
export function TokenMenuButton({
  name,
  ...props
}: { readonly name: string } & ComponentProps<typeof Button>) {
  const t = useTranslations("tokens.menu");
  return (
    <Button variant="ghost" size="icon-sm" aria-label={t("open", { name })} {...props}>
      <MoreHorizontal aria-hidden />
    </Button>
  );
}
