import { basic } from './configuration';
import type { LoadRequest } from './load';

/** What the load asks for: several teams by path, by regex and by host, with the credentials that each wants. */
export function loadRequests(): LoadRequest[] {
  const get = (name: string, path: string, headers: Record<string, string>, url: string, consumer?: string) => ({
    name,
    method: 'GET',
    path,
    headers,
    upstream: { url, ...(consumer === undefined ? {} : { consumer }) },
  });
  const key = (consumer: string) => ({ apikey: `${consumer}-demo-key` });
  return [
    get('orders with a key', '/orders/1', key('alice'), '/orders/1', 'alice'),
    get('catalog', '/catalog/7?page=2', {}, '/catalog/7?page=2'),
    get('users with a password', '/users/3', basic('bob', 'bob-demo-password'), '/users/3', 'bob'),
    get('billing for a partner', '/billing/9', key('carol'), '/billing/9', 'carol'),
    get('search by host', '/api/v1', { host: 'search.example.test' }, '/search/v1'),
    get('orders by regex', '/orders/items/42', key('dave'), '/orders/orders/items/42', 'dave'),
    get('shipping', '/shipping/5', {}, '/shipping/5'),
    get('media', '/media/clip', {}, '/media/clip'),
  ];
}
