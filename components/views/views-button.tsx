"use client";

import { Bookmark } from "lucide-react";
import { useTranslations } from "next-intl";
import { type ComponentProps, lazy } from "react";
import { LatePopup } from "@/components/late-popup";
import { Button } from "@/components/ui/button";

const load = () => import("./views-dialog");

const ViewsDialog = lazy(async () => ({ default: (await load()).ViewsDialog }));

/** Opens the saved views of the page. */
export function ViewsButton({
  mayShare,
  size,
}: {
  /** Viewers save views for themselves only. */
  readonly mayShare: boolean;
  readonly size?: ComponentProps<typeof Button>["size"];
}) {
  const t = useTranslations("views");
  const button = (opener: ComponentProps<typeof Button>) => (
    <Button variant="outline" size={size} aria-haspopup="dialog" {...opener}>
      <Bookmark aria-hidden />
      {t("open")}
    </Button>
  );
  return (
    <LatePopup load={load} button={button}>
      <ViewsDialog trigger={button({})} mayShare={mayShare} />
    </LatePopup>
  );
}
