import type { ComponentProps, ReactNode } from 'react';
import Content from '@theme-init/DocItem/Content';
import RetellButton from '@theme/Retell/Button';
import { usePluginOptions } from '@theme/SearchBar/usePluginOptions';

/** A page of the docs theme, with the button that retells it where there is a relay to do so. */
export default function DocItemContent(props: ComponentProps<typeof Content>): ReactNode {
  const { relayUrl } = usePluginOptions();
  return (
    <>
      {relayUrl !== undefined && <RetellButton relayUrl={relayUrl} />}
      <Content {...props} />
    </>
  );
}
