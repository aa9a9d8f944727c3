import type { ReactNode } from "react";
import { Link } from "@/components/link";

/** A link to more of the same, such as a log narrowed to what a page is about. */
export function QuietLink({
  href,
  children,
}: {
  readonly href: string;
  readonly children: ReactNode;
}) {
  return (
    <Link
      href={href}
      prefetch={false}
      className="text-muted-foreground hover:text-foreground underline-offset-4 hover:underline"
    >
      {children}
    </Link>
  );
}
