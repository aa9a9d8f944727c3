import { useId } from "react";
import { Label } from "@/components/ui/label";
import { RadioGroupItem } from "@/components/ui/radio-group";

/** One option of a radio group, with its explanation. */
export function RadioRow({
  value,
  label,
  hint,
}: {
  readonly value: string;
  readonly label: string;
  readonly hint?: string;
}) {
  const id = useId();
  return (
    <div className="flex gap-3">
      <RadioGroupItem
        id={id}
        value={value}
        className="-mt-px"
        {...(hint !== undefined && { "aria-describedby": `${id}-hint` })}
      />
      <div className="space-y-1">
        <Label htmlFor={id}>{label}</Label>
        {hint !== undefined && (
          <p id={`${id}-hint`} className="text-muted-foreground text-sm">
            {hint}
          </p>
        )}
      </div>
    </div>
  );
}
