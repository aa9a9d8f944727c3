"use client";

import { useTranslations } from "next-intl";
import { useId } from "react";
import { RadioGroup, RadioGroupItem } from "@/components/ui/radio-group";
import { ROLES, type Role } from "@/lib/auth/member";

/** The roles, each with its permissions. */
export function RoleChoice({
  role,
  onChoose,
}: {
  readonly role: Role;
  readonly onChoose: (role: Role) => void;
}) {
  const t = useTranslations("auth");
  const team = useTranslations("team");
  const id = useId();
  return (
    <RadioGroup
      value={role}
      onValueChange={(value) => {
        const chosen = ROLES.find((each) => each === value);
        if (chosen !== undefined) onChoose(chosen);
      }}
      aria-label={team("columns.role")}
      className="gap-0 overflow-hidden rounded-lg border"
    >
      {ROLES.map((each) => (
        <label
          key={each}
          htmlFor={`${id}-${each}`}
          className="has-data-[state=checked]:bg-accent/60 flex cursor-pointer gap-3 border-b p-3 last:border-b-0"
        >
          <RadioGroupItem
            id={`${id}-${each}`}
            value={each}
            aria-describedby={`${id}-${each}-meaning`}
            aria-label={team(`roles.${each}`)}
            className="mt-0.5"
          />
          <span>
            <span className="block font-medium">{team(`roles.${each}`)}</span>
            <span id={`${id}-${each}-meaning`} className="text-muted-foreground block text-sm">
              {t(`roleMeaning.${each}`)}
            </span>
          </span>
        </label>
      ))}
    </RadioGroup>
  );
}
