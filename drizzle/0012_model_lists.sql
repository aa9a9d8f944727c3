CREATE TABLE `model_lists` (
	`provider` text PRIMARY KEY NOT NULL,
	`models` text NOT NULL,
	`read_at_ms` integer NOT NULL
);
