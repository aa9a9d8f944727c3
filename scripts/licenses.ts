/**
 * `npm run licenses`: the licenses of what the product ships with, from package-lock.json; fails if one isn't on the
 * list. `npm run sbom` prints the same packages in CycloneDX format.
 * @module
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./root.ts";

/** SPDX names of licenses under which MIT software may be distributed. */
const ALLOWED = new Set([
  "0BSD",
  "Apache-2.0",
  "BlueOak-1.0.0",
  "BSD-2-Clause",
  "BSD-3-Clause",
  "CC-BY-4.0",
  "CC0-1.0",
  "ISC",
  "MIT",
  // Native image code of Next's build for other platforms: linked by nothing that is deployed.
  "LGPL-3.0-or-later",
  // The font in geist, under the name in its package.
  "SIL OPEN FONT LICENSE",
]);

interface LockedPackage {
  readonly version?: string;
  readonly license?: string;
  readonly dev?: boolean;
  readonly optional?: boolean;
}

/**
 * License of each production package by name and version. Optional packages that name none are builds for other
 * platforms of a listed package.
 */
export function productionLicenses(): ReadonlyMap<string, string> {
  const lock: { packages: Record<string, LockedPackage> } = JSON.parse(
    readFileSync(join(root, "package-lock.json"), "utf8"),
  );
  const licenses = new Map<string, string>();
  for (const [path, { version, license, dev, optional }] of Object.entries(lock.packages)) {
    if (path === "" || dev || (optional && license === undefined)) continue;
    const name = path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length);
    licenses.set(`${name}@${version}`, license ?? "unknown");
  }
  return licenses;
}

/** Whether one branch of an SPDX expression allows the use: all of `AND`, any of `OR`. */
export function isAllowed(expression: string): boolean {
  return expression
    .replaceAll(/[()]/g, "")
    .split(" OR ")
    .some((branch) => branch.split(" AND ").every((name) => ALLOWED.has(name)));
}

if (import.meta.main) {
  const refused = [];
  for (const [name, license] of productionLicenses()) {
    console.log(`${license.padEnd(28)} ${name}`);
    if (!isAllowed(license)) refused.push(`${name}: ${license}`);
  }
  if (refused.length > 0) {
    console.error(`\nNot on the list in scripts/licenses.ts:\n  ${refused.join("\n  ")}`);
    process.exitCode = 1;
  }
}
