import { ChevronDown } from "lucide-react";
import type { ComponentProps } from "react";
import { selectTriggerClass } from "@/components/ui/select-trigger-class";

/** Looks and reads like the closed `SelectTrigger`, and does without its library. */
export function SelectButton({ children, ...props }: ComponentProps<"button">) {
  return (
    <button
      type="button"
      role="combobox"
      aria-autocomplete="none"
      aria-expanded={false}
      data-slot="select-trigger"
      data-size="default"
      className={selectTriggerClass}
      onKeyDown={(event) => {
        if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
        event.preventDefault();
        event.currentTarget.click();
      }}
      {...props}
    >
      <span data-slot="select-value">{children}</span>
      <ChevronDown aria-hidden className="size-4 opacity-50" />
    </button>
  );
}
