/** What is of no use at first: what can't be changed, and what closes the dialog. */
const PASSED_OVER = ":disabled, [readonly], [type=hidden], [aria-hidden=true], [data-slot$=-close]";

/**
 * For `onOpenAutoFocus` of a dialog: its first field or button that is of use. A dialog whose form is still loading is
 * focused itself, so that the next Tab leads to the form; by default that would be the button that closes it.
 */
export function focusFirstField(event: Event): void {
  const { currentTarget: dialog } = event;
  if (!(dialog instanceof HTMLElement)) return;
  event.preventDefault();
  const first = [...dialog.querySelectorAll<HTMLElement>("input, textarea, button")].find(
    (each) => each.tabIndex >= 0 && !each.matches(PASSED_OVER) && each.checkVisibility(),
  );
  (first ?? dialog).focus();
  if (first instanceof HTMLInputElement) first.select();
}
