CREATE TABLE `model_aliases` (
	`name` text PRIMARY KEY NOT NULL,
	`choice` text NOT NULL,
	`targets` text NOT NULL,
	`max_input_usd` real,
	`max_output_usd` real,
	`created_at_ms` integer NOT NULL,
	`created_by` text,
	`updated_at_ms` integer NOT NULL,
	`version` integer NOT NULL
);
