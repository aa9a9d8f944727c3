import type { ReactNode } from "react";
import { DialogFooter } from "@/components/ui/dialog";

/** The buttons of a long form in a dialog, which stay visible while it scrolls. At the end of the dialog. */
export function StickyFooter({ children }: { readonly children: ReactNode }) {
  return (
    <DialogFooter className="bg-background sticky -bottom-6 -mx-6 -mb-6 border-t px-6 py-4">
      {children}
    </DialogFooter>
  );
}
