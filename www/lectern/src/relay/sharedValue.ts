/** A text that the tabs of a site share and that outlives them; where storage is blocked, this page's alone. */
export class SharedValue {
  private memory: string | null = null;
  private readonly storage = localStorageIfAllowed();

  /** `onChange` is called when another tab changes it. */
  constructor(
    private readonly key: string,
    onChange: (value: string | null) => void,
  ) {
    globalThis.addEventListener?.('storage', (event) => {
      const { key, newValue, storageArea } = event as StorageEvent;
      // Without a key, all is cleared.
      if (storageArea !== this.storage || (key !== null && key !== this.key)) return;
      this.memory = newValue;
      onChange(newValue);
    });
  }

  /** The text. */
  get(): string | null {
    return this.storage?.getItem(this.key) ?? this.memory;
  }

  /** Replaces it. */
  set(value: string | null): void {
    this.memory = value;
    try {
      if (value === null) this.storage?.removeItem(this.key);
      else this.storage?.setItem(this.key, value);
    } catch {
      // No room: this page has it in memory, and an older text must not stay in its place.
      this.storage?.removeItem(this.key);
    }
  }
}

function localStorageIfAllowed(): Storage | undefined {
  try {
    return globalThis.localStorage;
  } catch {
    return undefined;
  }
}
