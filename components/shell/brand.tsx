import { Link } from "@/components/link";
import { cn } from "@/lib/utils";

/** The name with its logo: one dot over many. */
export function Brand({ isCollapsed = false }: { readonly isCollapsed?: boolean }) {
  return (
    <Link
      href="/"
      className="focus-visible:ring-ring/50 flex h-8 max-md:h-10 items-center gap-2.5 rounded-md px-2 font-semibold tracking-tight outline-none focus-visible:ring-[3px]"
    >
      <BrandMark />
      <span className={cn(isCollapsed && "sr-only")}>One Balance</span>
    </Link>
  );
}

export function BrandMark({ className }: { readonly className?: string }) {
  return (
    <svg viewBox="0 0 16 16" aria-hidden="true" className={cn("size-4 shrink-0", className)}>
      <circle cx="8" cy="3.5" r="2.5" className="fill-brand" />
      <path
        d="M8 6v3M2.5 12V9h11v3M8 9v3"
        fill="none"
        stroke="currentColor"
        strokeWidth="1.25"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
      <circle cx="2.5" cy="13.25" r="1.5" fill="currentColor" />
      <circle cx="8" cy="13.25" r="1.5" fill="currentColor" />
      <circle cx="13.5" cy="13.25" r="1.5" fill="currentColor" />
    </svg>
  );
}
