import type { ReactNode } from "react";
import { BrandMark } from "@/components/shell/brand";

/** One task in one column: signing in, setting up, accepting an invitation. */
export default function EntranceLayout({ children }: { readonly children: ReactNode }) {
  return (
    <div className="flex min-h-dvh flex-col items-center px-4 py-12 sm:justify-center">
      <main className="w-full max-w-sm">
        <p className="mb-8 flex items-center gap-2.5 font-semibold tracking-tight">
          <BrandMark className="size-5" />
          One Balance
        </p>
        {children}
      </main>
    </div>
  );
}
