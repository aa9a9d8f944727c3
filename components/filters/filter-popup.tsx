"use client";

import type { ReactNode } from "react";
import { LatePopup } from "@/components/late-popup";
import { SelectButton } from "./select-button";

/** A filter as a closed list, which says what is chosen; the list itself is loaded when it is about to be used. */
export function FilterPopup({
  load,
  label,
  isLoading,
  shown,
  children,
}: {
  readonly load: () => Promise<unknown>;
  /** Accessible name: `State`. */
  readonly label: string;
  readonly isLoading: boolean;
  /** What is chosen, in words. */
  readonly shown: string;
  /** The open list. */
  readonly children: ReactNode;
}) {
  return (
    <LatePopup
      load={load}
      button={(opener) => (
        <SelectButton aria-label={label} aria-busy={isLoading} {...opener}>
          {shown}
        </SelectButton>
      )}
    >
      {children}
    </LatePopup>
  );
}
