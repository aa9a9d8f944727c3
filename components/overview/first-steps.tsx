import { Check, KeyRound, type LucideIcon, MessagesSquare, Ticket } from "lucide-react";
import { getTranslations } from "next-intl/server";
import { EmptyState } from "@/components/empty-state";
import { Link } from "@/components/link";
import { Button } from "@/components/ui/button";
import type { FirstStepsDone } from "@/lib/manage/read-first-steps";

const STEPS = [
  { name: "keys", href: "/keys/add", icon: KeyRound },
  { name: "token", href: "/tokens?new=true", icon: Ticket },
  { name: "playground", href: "/playground", icon: MessagesSquare },
] as const satisfies readonly { name: keyof FirstStepsDone; href: string; icon: LucideIcon }[];

/** Whether there is nothing left to do. */
export function areFirstStepsDone(done: FirstStepsDone): boolean {
  return STEPS.every(({ name }) => done[name]);
}

/** For those who can't set anything up, while there are no keys. */
export async function WaitForKeys() {
  const t = await getTranslations("overview.firstSteps");
  return <EmptyState icon={KeyRound} title={t("waitTitle")} description={t("waitDescription")} />;
}

/** What to do before apps can use the instance, in order, for admins; shown until everything is done. */
export async function FirstSteps({ done }: { readonly done: FirstStepsDone }) {
  const t = await getTranslations("overview.firstSteps");
  const next = STEPS.find(({ name }) => !done[name])?.name;
  return (
    <section aria-labelledby="first-steps">
      <h2 id="first-steps" className="text-base font-medium">
        {t("title")}
      </h2>
      <p className="text-muted-foreground mt-1">
        {done.keys
          ? t("progress", { done: STEPS.filter(({ name }) => done[name]).length })
          : t("description")}
      </p>
      <ol className="mt-4 divide-y rounded-lg border">
        {STEPS.map(({ name, href, icon: Icon }) => (
          <li key={name} className="flex flex-wrap items-center gap-4 p-4 sm:flex-nowrap">
            {done[name] ? (
              <span className="text-ready flex size-9 shrink-0 items-center justify-center rounded-md border">
                <Check aria-hidden className="size-4" />
              </span>
            ) : (
              <span className="bg-muted flex size-9 shrink-0 items-center justify-center rounded-md">
                <Icon aria-hidden className="size-4" />
              </span>
            )}
            <div className="min-w-0 flex-1 basis-48">
              <h3 className="font-medium">{t(`${name}.title`)}</h3>
              <p className="text-muted-foreground">
                {done[name] ? t("done") : t(`${name}.description`)}
              </p>
            </div>
            {!done[name] && (
              <Button asChild size="sm" variant={name === next ? "default" : "outline"}>
                <Link href={href}>{t(`${name}.action`)}</Link>
              </Button>
            )}
          </li>
        ))}
      </ol>
    </section>
  );
}
