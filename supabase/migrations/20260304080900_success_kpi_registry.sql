-- The KPIs whose metrics are defined with the money and the clients who come back
-- (analytics_revenue, analytics_costs, analytics_roi, analytics_clients). Events: none.

insert into public.kpis (
    key, position, metric, block, label_pl, label_en, target, warning_band, lowest, highest,
    owner_role, period, min_samples
)
values
    ('client_retention', 4, 'client_retention', 'client_experience',
        'Utrzymanie klientów', 'Client retention', 90, 5, 0, 100, 'relationship_manager',
        '90d', 5),
    ('support_roi', 5, 'support_roi', 'business',
        'Zwrot z obsługi klienta', 'Support ROI', 150, 25, null, null, 'executive', '90d', 1),
    ('revenue_attribution', 6, 'attributed_revenue', 'business',
        'Przychód przypisany obsłudze', 'Revenue attribution', null, null, null, null,
        'executive', '90d', 1),
    ('cost_per_client', 8, 'cost_per_client', 'business',
        'Koszt na klienta', 'Cost per client', null, null, 0, null, 'executive', '90d', 1);
