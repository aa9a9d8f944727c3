import type { LucideIcon } from "lucide-react";
import { Link } from "@/components/link";
import { Button } from "@/components/ui/button";

/** Explains, instead of the page, why there is none, and links back to the overview. */
export function Notice({
  icon: Icon,
  title,
  description,
  action,
}: {
  readonly icon: LucideIcon;
  readonly title: string;
  readonly description: string;
  readonly action: string;
}) {
  return (
    <div className="mx-auto flex max-w-sm flex-col items-center gap-2 py-24 text-center">
      <Icon aria-hidden className="text-muted-foreground mb-2 size-6" />
      <h1 className="text-lg font-semibold tracking-tight">{title}</h1>
      <p className="text-muted-foreground text-balance">{description}</p>
      <Button asChild variant="outline" size="sm" className="mt-4">
        <Link href="/">{action}</Link>
      </Button>
    </div>
  );
}
