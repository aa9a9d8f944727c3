import { MailX } from "lucide-react";
import { getTranslations } from "next-intl/server";
import { EntranceHeading } from "@/components/auth/entrance-heading";
import { Link } from "@/components/link";
import { Button } from "@/components/ui/button";

/** Returns 404 for an invitation that is used, expired, revoked or unknown. */
export default async function InviteNotFound() {
  const t = await getTranslations("auth");
  return (
    <>
      <MailX aria-hidden className="text-muted-foreground mb-4 size-6" />
      <EntranceHeading title={t("invite.goneTitle")} description={t("invite.gone")} />
      <Button asChild variant="outline" className="w-full">
        <Link href="/login">{t("invite.toLogin")}</Link>
      </Button>
    </>
  );
}
