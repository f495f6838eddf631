// Links to the views: real addresses, so that they can be opened in another tab or copied.
import { showView, usePage, viewAddress } from '../page-state.ts';
import { views } from './views.ts';

export function ViewNavigation() {
  const current = usePage((state) => state.view);
  return (
    <nav aria-label="Views" className="view-navigation">
      {views.map(({ name, label, preload }) => (
        <a
          key={name}
          href={viewAddress(name)}
          aria-current={name === current ? 'page' : undefined}
          onPointerEnter={preload}
          onFocus={preload}
          onClick={(event) => {
            if (event.metaKey || event.ctrlKey || event.shiftKey) return;
            event.preventDefault();
            showView(name);
          }}
        >
          {label}
        </a>
      ))}
    </nav>
  );
}
