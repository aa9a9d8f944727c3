"use client";

import { Check, Plus, X } from "lucide-react";
import { useId, useState } from "react";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import {
  Command,
  CommandEmpty,
  CommandGroup,
  CommandInput,
  CommandItem,
  CommandList,
} from "@/components/ui/command";
import { Popover, PopoverContent, PopoverTrigger } from "@/components/ui/popover";
import { cn } from "@/lib/utils";

export interface PickerGroup {
  readonly heading: string;
  readonly options: readonly { readonly value: string; readonly label: string }[];
}

/** More would slow down typing: the rest is found by typing more letters. */
const SHOWN_MAX = 100;

/** Chooses several values from a list and, with `addLabel`, any other text. */
export function MultiPicker({
  chosen,
  onChange,
  groups,
  labels,
  addLabel,
  labelledBy,
  describedBy,
}: {
  readonly chosen: readonly string[];
  readonly onChange: (chosen: string[]) => void;
  readonly groups: readonly PickerGroup[];
  readonly labels: {
    /** The button's label: `Add provider`. */
    readonly open: string;
    readonly search: string;
    /** Shown if nothing matches. */
    readonly empty: string;
    readonly remove: (label: string) => string;
  };
  /** Offers what was typed: `Use “gpt-*”`. */
  readonly addLabel?: (text: string) => string;
  /** Ids of the elements that name and explain the field. */
  readonly labelledBy: string;
  readonly describedBy: string;
}) {
  const [isOpen, setIsOpen] = useState(false);
  const [text, setText] = useState("");
  const listId = useId();
  const typed = text.trim();
  const names = new Map(
    groups.flatMap(({ options }) => options.map(({ value, label }) => [value, label] as const)),
  );
  const nameOf = (value: string) => names.get(value) ?? value;
  const shown = matching(groups, typed);

  function toggle(value: string) {
    onChange(chosen.includes(value) ? chosen.filter((each) => each !== value) : [...chosen, value]);
    setText("");
  }

  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset would need its legend inside.
    <div
      role="group"
      aria-labelledby={labelledBy}
      aria-describedby={describedBy}
      className="space-y-2"
    >
      {chosen.length > 0 && (
        <ul className="flex flex-wrap gap-1.5">
          {chosen.map((value) => (
            <li key={value} className="min-w-0">
              <Badge variant="secondary" className="max-w-full gap-1 pr-1">
                <span className="truncate">{nameOf(value)}</span>
                <button
                  type="button"
                  aria-label={labels.remove(nameOf(value))}
                  onClick={() => toggle(value)}
                  className="hover:bg-background focus-visible:ring-ring/50 rounded-full p-0.5 outline-none focus-visible:ring-[3px]"
                >
                  <X aria-hidden className="size-3" />
                </button>
              </Badge>
            </li>
          ))}
        </ul>
      )}
      <Popover modal open={isOpen} onOpenChange={setIsOpen}>
        <PopoverTrigger asChild>
          <Button type="button" variant="outline" size="sm">
            <Plus aria-hidden />
            {labels.open}
          </Button>
        </PopoverTrigger>
        <PopoverContent
          align="start"
          aria-label={labels.search}
          className="w-80 max-w-[calc(100vw-2rem)] p-0"
        >
          <Command shouldFilter={false} label={labels.search}>
            <CommandInput
              placeholder={labels.search}
              value={text}
              onValueChange={setText}
              aria-controls={listId}
            />
            <CommandList id={listId}>
              {(addLabel === undefined || typed === "") && (
                <CommandEmpty>{labels.empty}</CommandEmpty>
              )}
              {addLabel !== undefined && typed !== "" && !names.has(typed) && (
                <CommandItem value={`typed ${typed}`} onSelect={() => toggle(typed)}>
                  <Plus aria-hidden />
                  <span className="truncate">{addLabel(typed)}</span>
                </CommandItem>
              )}
              {shown.map(({ heading, options }) => (
                <CommandGroup key={heading} heading={heading}>
                  {options.map(({ value, label }) => (
                    <CommandItem
                      key={value}
                      value={`${heading} ${value}`}
                      onSelect={() => toggle(value)}
                    >
                      <Check aria-hidden className={cn(!chosen.includes(value) && "opacity-0")} />
                      <span className="truncate">{label}</span>
                    </CommandItem>
                  ))}
                </CommandGroup>
              ))}
            </CommandList>
          </Command>
        </PopoverContent>
      </Popover>
    </div>
  );
}

function matching(groups: readonly PickerGroup[], typed: string): readonly PickerGroup[] {
  const wanted = typed.toLowerCase();
  let left = SHOWN_MAX;
  return groups.flatMap(({ heading, options }) => {
    const found = options
      .filter(({ value, label }) => `${value} ${label}`.toLowerCase().includes(wanted))
      .slice(0, left);
    left -= found.length;
    return found.length === 0 ? [] : [{ heading, options: found }];
  });
}
