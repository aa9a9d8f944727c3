"use client";

import { Check, ChevronsUpDown } from "lucide-react";
import { useTranslations } from "next-intl";
import { type ComponentProps, useId, useState } from "react";
import type { AliasChoice } from "@/components/playground/alias-choice";
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
import { useKnownModels } from "@/components/use-known-models";
import type { KnownModels } from "@/lib/runtime/known-models";
import { cn } from "@/lib/utils";

const SHOWN_MAX = 100;

/**
 * What was typed, as models that no list contains: with its provider as it is, without one at each provider. Providers'
 * lists don't contain everything they serve.
 */
function offeredNames(
  typed: string,
  isListed: boolean,
  known: readonly KnownModels[],
): readonly string[] {
  if (typed === "" || isListed) return [];
  if (typed.includes("/")) return [typed];
  return known
    .filter(({ isOpenAiCompatible, models }) => isOpenAiCompatible && !models.includes(typed))
    .map(({ slug }) => `${slug}/${typed}`);
}

/** Chooses an alias, or a model as `{provider}/{model}`: one that the pool can serve, or any that is typed. */
export function ModelPicker({
  model,
  aliases,
  isFirst = false,
  onChange,
  ...control
}: {
  /** Empty while none is chosen. */
  readonly model: string;
  readonly aliases: readonly AliasChoice[];
  /** Whether the page begins with it, so that its list is fetched before it is opened. */
  readonly isFirst?: boolean;
  readonly onChange: (model: string) => void;
} & Pick<ComponentProps<"button">, "id" | "aria-describedby" | "aria-invalid">) {
  const t = useTranslations("playground.model");
  const listId = useId();
  const [isOpen, setIsOpen] = useState(false);
  const known = useKnownModels(isFirst || isOpen);
  const [text, setText] = useState("");
  const typed = text.trim();
  const groups = (known ?? [])
    .filter(({ isOpenAiCompatible }) => isOpenAiCompatible)
    .map(({ slug, label, models }) => ({
      label,
      models: models
        .map((name) => `${slug}/${name}`)
        .filter((name) => name.toLowerCase().includes(typed.toLowerCase()))
        .slice(0, SHOWN_MAX),
    }))
    .filter(({ models }) => models.length > 0);
  if (aliases.length > 0) {
    const names = aliases.map(({ name }) => name);
    const found = names.filter((name) => name.toLowerCase().includes(typed.toLowerCase()));
    if (found.length > 0) groups.unshift({ label: t("aliases"), models: found });
  }
  const isListed = groups.some(({ models }) => models.includes(typed));
  const offered = offeredNames(typed, isListed, known ?? []);

  function choose(name: string) {
    onChange(name);
    setText("");
    setIsOpen(false);
  }

  return (
    <Popover open={isOpen} onOpenChange={setIsOpen}>
      <PopoverTrigger asChild>
        <Button
          type="button"
          role="combobox"
          aria-expanded={isOpen}
          aria-controls={listId}
          variant="outline"
          className="w-full justify-between font-normal"
          {...control}
        >
          <span className={cn("truncate", model === "" ? "text-muted-foreground" : "font-mono")}>
            {model || t("choose")}
          </span>
          <ChevronsUpDown aria-hidden className="opacity-50" />
        </Button>
      </PopoverTrigger>
      <PopoverContent
        align="start"
        aria-label={t("search")}
        className="w-(--radix-popover-trigger-width) min-w-72 max-w-[calc(100vw-2rem)] p-0"
      >
        <Command shouldFilter={false} label={t("search")}>
          <CommandInput placeholder={t("search")} value={text} onValueChange={setText} />
          <CommandList id={listId}>
            {typed === "" && (
              <CommandEmpty>{known === null ? t("loading") : t("empty")}</CommandEmpty>
            )}
            {typed !== "" && offered.length === 0 && groups.length === 0 && (
              <p className="text-muted-foreground px-3 py-4 text-sm">{t("form")}</p>
            )}
            {groups.map(({ label, models }) => (
              <CommandGroup key={label} heading={label}>
                {models.map((name) => (
                  <CommandItem key={name} value={name} onSelect={() => choose(name)}>
                    <Check aria-hidden className={cn(name !== model && "opacity-0")} />
                    <span className="truncate font-mono text-[13px]">{name}</span>
                  </CommandItem>
                ))}
              </CommandGroup>
            ))}
            {offered.map((name) => (
              <CommandItem key={name} value={`typed ${name}`} onSelect={() => choose(name)}>
                <span className="truncate">{t("use", { model: name })}</span>
              </CommandItem>
            ))}
          </CommandList>
        </Command>
      </PopoverContent>
    </Popover>
  );
}
