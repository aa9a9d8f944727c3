/**
 * Plants a mutant in what vitest loads, so that no file of the working tree is changed.
 * @module
 */
import { join } from "node:path";
import type { Plugin } from "vite";
import { mutants } from "./index.ts";

/** @param name The mutant's; undefined for none. */
export function plant(root: string, name: string | undefined): Plugin[] {
  if (name === undefined) return [];
  const mutant = mutants.find((each) => each.name === name);
  if (mutant === undefined) throw new Error(`there is no mutant ${name}`);
  const path = join(root, mutant.file);
  return [
    {
      name: "plant-mutant",
      enforce: "pre",
      transform(code, id) {
        return id === path ? code.replace(mutant.from, () => mutant.to) : null;
      },
    },
  ];
}
