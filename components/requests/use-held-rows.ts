"use client";

import { type RefObject, useCallback, useEffect, useState } from "react";

interface Row {
  readonly id: string;
}

export interface HeldRows<Item extends Row> {
  readonly shown: readonly Item[];
  /** How many arrived since the list is being read. */
  readonly held: number;
  /** Shows them. */
  release(): void;
}

/**
 * Rows that arrive at the head of a list, without moving those that are read: while the pointer or the focus is
 * in it, or its head is scrolled out of sight, they are held back and counted.
 */
export function useHeldRows<Item extends Row>(
  items: readonly Item[],
  list: RefObject<HTMLElement | null>,
): HeldRows<Item> {
  /** The newest row that is shown while the list is read; null while all are. */
  const [newestId, setNewestId] = useState<string | null>(null);
  const firstId = items[0]?.id ?? null;

  const look = useCallback(() => {
    const element = list.current;
    const isRead =
      element !== null &&
      (element.matches(":hover, :focus-within") || element.getBoundingClientRect().top < 0);
    setNewestId((held) => (isRead ? (held ?? firstId) : null));
  }, [list, firstId]);

  useEffect(() => {
    const element = list.current;
    if (element === null) return;
    const events = ["pointerenter", "pointerleave", "focusin", "focusout"] as const;
    // After the event, the element matches what has become of it.
    const later = () => requestAnimationFrame(look);
    for (const event of events) element.addEventListener(event, later);
    window.addEventListener("scroll", later, { passive: true });
    return () => {
      for (const event of events) element.removeEventListener(event, later);
      window.removeEventListener("scroll", later);
    };
  }, [list, look]);

  const held = newestId === null ? 0 : items.findIndex(({ id }) => id === newestId);
  return {
    // The row may have left the end of the list.
    shown: held > 0 ? items.slice(held) : items,
    held: Math.max(0, held),
    release: () => setNewestId(firstId),
  };
}
