"use client";

import { type ComponentProps, lazy } from "react";
import { FilterPopup } from "./filter-popup";

const load = () => import("./filter-list");

const FilterList = lazy(async () => ({ default: (await load()).FilterList }));

/** A list of which one entry is chosen; it is loaded when it is about to be used. */
export function LateList(list: ComponentProps<typeof FilterList>) {
  return (
    <FilterPopup load={load} label={list.label} isLoading={list.isLoading} shown={list.shown}>
      <FilterList {...list} />
    </FilterPopup>
  );
}
