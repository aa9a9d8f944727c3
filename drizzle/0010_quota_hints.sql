CREATE TABLE `dismissed_quota_hints` (
	`key_ids` text PRIMARY KEY NOT NULL,
	`provider` text NOT NULL,
	`dismissed_at_ms` integer NOT NULL
);
