import { KeyRound, type LucideIcon, MessagesSquare, Ticket } from "lucide-react";
import { getTranslations } from "next-intl/server";
import { EmptyState } from "@/components/empty-state";
import { Link } from "@/components/link";
import { Button } from "@/components/ui/button";
import { type Role, roleAllows } from "@/lib/auth/member";

const STEPS = [
  { name: "keys", href: "/keys", icon: KeyRound },
  { name: "token", href: "/tokens", icon: Ticket },
  { name: "playground", href: "/playground", icon: MessagesSquare },
] as const satisfies readonly { name: string; href: string; icon: LucideIcon }[];

/** Shown in the overview while there are no keys: what to do, in order, by role. */
export async function FirstSteps({ role }: { readonly role: Role }) {
  const t = await getTranslations("overview.firstSteps");
  if (!roleAllows(role, "admin")) {
    return <EmptyState icon={KeyRound} title={t("waitTitle")} description={t("waitDescription")} />;
  }
  return (
    <section aria-labelledby="first-steps">
      <h2 id="first-steps" className="text-base font-medium">
        {t("title")}
      </h2>
      <p className="text-muted-foreground mt-1">{t("description")}</p>
      <ol className="mt-6 divide-y rounded-lg border">
        {STEPS.map(({ name, href, icon: Icon }, index) => (
          <li key={name} className="flex flex-wrap items-center gap-4 p-4 sm:flex-nowrap">
            <span className="bg-muted flex size-9 shrink-0 items-center justify-center rounded-md">
              <Icon aria-hidden className="size-4" />
            </span>
            <div className="min-w-0 flex-1 basis-48">
              <h3 className="font-medium">{t(`${name}.title`)}</h3>
              <p className="text-muted-foreground">{t(`${name}.description`)}</p>
            </div>
            <Button asChild size="sm" variant={index === 0 ? "default" : "outline"}>
              <Link href={href}>{t(`${name}.action`)}</Link>
            </Button>
          </li>
        ))}
      </ol>
    </section>
  );
}
