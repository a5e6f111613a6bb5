<?php
// Receive webhooks, verify them, and log each event once.
//
//     WEBHOOK_KEY=whsec_… php -S 127.0.0.1:9100 receive.php
//
// The key is the subscription's secret (whsec_…) or the publisher's public key (whpk_…).

require __DIR__ . '/verify.php';

$header = fn(string $name): string => $_SERVER['HTTP_WEBHOOK_' . $name] ?? '';
[$id, $body] = [$header('ID'), file_get_contents('php://input')];

if (!verify((string) getenv('WEBHOOK_KEY'), $id, $header('TIMESTAMP'), $header('SIGNATURE'), $body)) {
    http_response_code(401);
    exit;
}
// A repeat carries the same id. Yours are kept where they last: in a table with the id as its key.
$seen = sys_get_temp_dir() . '/webhook-' . hash('sha256', $id);
if (@fopen($seen, 'x') !== false) {
    $event = json_decode($body, true);
    $article = $event['data']['article'] ?? []; // a test event has none, a retraction no headline
    error_log(implode(' ', [$event['type'], $article['id'] ?? '', $article['headline'] ?? '']));
}
http_response_code(204);
