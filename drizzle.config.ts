import { defineConfig } from "drizzle-kit";

/** `npm run db:generate` writes the migration for what changed in the schema. */
export default defineConfig({
  dialect: "sqlite",
  schema: [
    "./lib/db/schema.ts",
    "./lib/db/alert-schema.ts",
    "./lib/db/incident-schema.ts",
    "./lib/db/lease-schema.ts",
    "./lib/db/team-schema.ts",
    "./lib/db/upkeep-schema.ts",
    "./lib/db/usage-schema.ts",
  ],
  out: "./drizzle",
});
