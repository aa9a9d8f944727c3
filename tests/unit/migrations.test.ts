/** D1 accepts the migrations from wrangler. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { root } from "../../scripts/root.ts";

const folder = join(root, "drizzle");
const migrations = readdirSync(folder).filter((name) => name.endsWith(".sql"));

test("there are some", () => {
  expect(migrations.length).toBeGreaterThan(20);
});

// The endpoint behind `wrangler d1 migrations apply --remote` splits at each semicolon, even in a trigger's body, and
// then the database reports "incomplete input".
test.each(migrations)("%s has one statement between two breaks", (name) => {
  const statements = readFileSync(join(folder, name), "utf8").split("--> statement-breakpoint");
  for (const statement of statements) {
    expect(statement).not.toMatch(/\btrigger\b/i);
    expect(statement.replace(/'(?:[^']|'')*'/g, "''").trim()).toMatch(/^[^;]*;$/);
  }
});
