"use client";

import { parseAsString, useQueryStates } from "nuqs";
import { lazy, useTransition } from "react";
import { readFilter, writeFilter } from "@/components/requests/filter-text";
import { FilterPopup } from "./filter-popup";

const load = () => import("./filter-menu");

const FilterMenu = lazy(async () => ({ default: (await load()).FilterMenu }));

/** Filters a list by several values of one field of the URL, or by all but these. */
export function FilterMany({
  name,
  label,
  anyLabel,
  options,
  note,
  words,
}: {
  /** The search parameter. */
  readonly name: string;
  /** Accessible name: `State`. */
  readonly label: string;
  /** `Any state` */
  readonly anyLabel: string;
  readonly options: readonly { readonly value: string; readonly label: string }[];
  /** A note at the end of an incomplete list. */
  readonly note?: string | undefined;
  readonly words: {
    /** `not {names}` */
    readonly not: (names: string) => string;
    /** `All but these` */
    readonly allBut: string;
  };
}) {
  const [isLoading, startTransition] = useTransition();
  const [state, setState] = useQueryStates(
    { [name]: parseAsString, page: parseAsString },
    { shallow: false, startTransition },
  );
  const chosen = readFilter(state[name] ?? undefined);
  const { values = [], isNot = false } = chosen ?? {};
  const nameOf = (value: string) => options.find((each) => each.value === value)?.label ?? value;
  const [first, ...others] = values.map(nameOf);
  const names = others.length === 0 ? first : `${first} +${others.length}`;
  const shown = names === undefined ? anyLabel : isNot ? words.not(names) : names;
  const change = (next: { readonly values: readonly string[]; readonly isNot: boolean }) =>
    setState({ [name]: next.values.length === 0 ? null : writeFilter(next), page: null });
  // A chosen value stays visible, even if it is none of the choices.
  const missing = values.filter((value) => !options.some((each) => each.value === value));
  return (
    <FilterPopup load={load} label={label} isLoading={isLoading} shown={shown}>
      <FilterMenu
        label={label}
        isLoading={isLoading}
        entries={[...options, ...missing.map((value) => ({ value, label: value }))]}
        values={values}
        isNot={isNot}
        shown={shown}
        note={note}
        anyLabel={anyLabel}
        notLabel={words.allBut}
        onChange={change}
      />
    </FilterPopup>
  );
}
