import { styleText } from "node:util";

/** Reports what a deployment does, step by step, and skips changes in a dry run. */
export class Journal {
  readonly isDryRun: boolean;

  constructor(isDryRun: boolean) {
    this.isDryRun = isDryRun;
  }

  step(title: string): void {
    console.log(`\n${styleText("bold", title)}`);
  }

  /** What was found or done. */
  note(text: string): void {
    console.log(`  ${text}`);
  }

  /** A command or request that only reads. */
  call(text: string): void {
    console.log(styleText("dim", `  $ ${text}`));
  }

  /** A command, request or file that changes something. @returns Whether to do it. */
  change(text: string): boolean {
    const mark = this.isDryRun ? "would run:" : "$";
    console.log(this.isDryRun ? `  ${mark} ${text}` : styleText("dim", `  ${mark} ${text}`));
    return !this.isDryRun;
  }
}
