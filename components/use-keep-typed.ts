"use client";

import { useTranslations } from "next-intl";
import { type SyntheticEvent, useRef } from "react";
import { toast } from "sonner";

/** A second Escape within this time is intentional. */
const AGAIN_MS = 5_000;

/**
 * For the content of a dialog: what was typed into its form isn't discarded by a click outside, nor by a single Escape.
 * Toasts can be clicked.
 */
export function useKeepTyped() {
  const t = useTranslations("common");
  const hasTyped = useRef(false);
  const warnedMs = useRef(Number.NEGATIVE_INFINITY);
  return {
    onInput: ({ target }: SyntheticEvent) => {
      if (target instanceof Element && target.closest("form") !== null) hasTyped.current = true;
    },
    onInteractOutside: (event: Event) => {
      const isMessage =
        event.target instanceof Element && event.target.closest("[data-sonner-toaster]") !== null;
      if (isMessage || hasTyped.current) event.preventDefault();
    },
    onEscapeKeyDown: (event: KeyboardEvent) => {
      if (!hasTyped.current || Date.now() - warnedMs.current < AGAIN_MS) return;
      warnedMs.current = Date.now();
      event.preventDefault();
      toast(t("escapeAgain"));
    },
  };
}
