import { CircleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { Alert, AlertDescription } from "@/components/ui/alert";

/** Why a form as a whole wasn't accepted. Without a reason, nothing is shown. */
export function FormFailure({ children }: { readonly children: ReactNode }) {
  if (!children) return null;
  return (
    <Alert variant="destructive">
      <CircleAlert aria-hidden />
      <AlertDescription>
        <p>{children}</p>
      </AlertDescription>
    </Alert>
  );
}
