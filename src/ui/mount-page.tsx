// Draws the page that the URL asks for: a client tab's, or the dashboard. Actions must have been
// provided before.
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import './styles/tokens.css';
import './styles/base.css';
import './styles/page.css';
import './styles/table.css';
import './styles/form.css';
import { ClientPage } from './client-page/client-page.tsx';
import { startPageState } from './page-state.ts';
import { DashboardPage } from './shell/dashboard-page.tsx';
import { isClientPage } from './url-state.ts';

export function mountPage(root: Element): void {
  startPageState();
  createRoot(root).render(
    <StrictMode>{isClientPage(location.search) ? <ClientPage /> : <DashboardPage />}</StrictMode>,
  );
}
