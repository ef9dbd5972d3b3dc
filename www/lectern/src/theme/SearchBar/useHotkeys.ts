import { useEffect } from 'react';

/** Calls `onPress` for any of the hotkeys, such as `mod+k` or `/`, anywhere on the page. */
export function useHotkeys(hotkeys: readonly string[], onPress: () => void): void {
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (!hotkeys.some((hotkey) => matchesHotkey(hotkey, event))) return;
      event.preventDefault();
      onPress();
    };
    document.addEventListener('keydown', onKeyDown);
    return () => document.removeEventListener('keydown', onKeyDown);
  }, [hotkeys, onPress]);
}

/** True on keyboards whose main modifier is ⌘. */
export function isApple(): boolean {
  return /mac|iphone|ipad/i.test(navigator.platform);
}

/** Whether a key is a hotkey. One without modifiers is text where text is typed, and there it is left alone. */
export function matchesHotkey(hotkey: string, event: KeyboardEvent): boolean {
  const parts = hotkey.toLowerCase().split('+');
  const key = parts.pop();
  const modifiers = new Set(parts.map((part) => (part === 'mod' ? mainModifier() : part)));
  // Shift is how some keyboards type a sign such as "/", so it only counts where a hotkey names it.
  const shiftFits = modifiers.has('shift')
    ? event.shiftKey
    : modifiers.size === 0 || !event.shiftKey;
  return (
    event.key.toLowerCase() === key &&
    event.ctrlKey === modifiers.has('ctrl') &&
    event.metaKey === modifiers.has('meta') &&
    event.altKey === modifiers.has('alt') &&
    shiftFits &&
    !(modifiers.size === 0 && isTextField(event.target))
  );
}

function mainModifier(): 'meta' | 'ctrl' {
  return isApple() ? 'meta' : 'ctrl';
}

function isTextField(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || target.matches('input, textarea, select'))
  );
}
