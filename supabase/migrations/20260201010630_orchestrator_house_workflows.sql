-- Workflows the house ships with: what a VIP house must not overlook, in Polish and English words.
-- Those that only tell colleagues or make a ticket urgent are on. Those that begin a service for a
-- client are off until a manager has tried them (request_workflow_dry_run) and switched them on.

insert into public.workflows (id, title, event_kind, conditions, actions, rank, is_active)
values
    (
        '00000000-0000-4000-8000-000000000201',
        'Alarm words after a treatment of aesthetic medicine: urgent, managers are told',
        'message.posted',
        '{"all": [
            {"field": "message.author_kind", "op": "eq", "value": "client"},
            {"field": "ticket.category", "op": "eq", "value": "aesthetic_medicine"},
            {"field": "ticket.status", "op": "in",
                "value": ["open", "assigned", "pending", "on_hold"]},
            {"field": "message.text", "op": "contains", "value": [
                "opuch*", "spuch*", "obrzęk*", "reakcj*", "uczul*", "alerg*", "wysypk*", "gorączk*",
                "krwaw*", "krwiak*", "rop*", "zakażeni*", "oparzeni*", "martwic*", "duszno*",
                "silny ból", "nie czuję", "swelling", "swollen", "reaction", "allerg*", "rash",
                "fever", "bleed*", "infect*", "burn*", "blister*", "numb*", "necrosis",
                "severe pain", "cannot breathe", "can t breathe"
            ]}
        ]}',
        '[
            {"set_priority": "urgent"},
            {"notify": {"roles": ["managers", "assignee", "dedicated_agent"]}},
            {"add_note": "Alarm words after a treatment: call {{client_name}} back now and ask a '
        'doctor. / Słowa alarmowe po zabiegu: oddzwoń od razu i zapytaj lekarza."}
        ]',
        10, true
    ),
    (
        '00000000-0000-4000-8000-000000000202',
        'Platinum complaint: urgent, the relationship manager is told',
        'ticket.opened',
        '{"all": [
            {"field": "client.tier", "op": "eq", "value": "vip_platinum"},
            {"field": "ticket.category", "op": "eq", "value": "complaint"}
        ]}',
        '[
            {"set_priority": "urgent"},
            {"notify": {"roles": ["relationship_manager"]}},
            {"add_note": "Platinum complaint: the relationship manager has been told. / '
        'Skarga klienta Platinum: opiekun relacji powiadomiony."}
        ]',
        20, true
    ),
    (
        '00000000-0000-4000-8000-000000000203',
        'Platinum ticket turns into a complaint: urgent, the relationship manager is told',
        'ticket.details_changed',
        '{"all": [
            {"field": "event.changed", "op": "contains", "value": ["category"]},
            {"field": "client.tier", "op": "eq", "value": "vip_platinum"},
            {"field": "ticket.category", "op": "eq", "value": "complaint"},
            {"field": "ticket.status", "op": "in",
                "value": ["open", "assigned", "pending", "on_hold"]}
        ]}',
        '[
            {"set_priority": "urgent"},
            {"notify": {"roles": ["relationship_manager"]}}
        ]',
        20, true
    ),
    (
        '00000000-0000-4000-8000-000000000204',
        'Second reopening: managers are told',
        'ticket.reopened',
        '{"field": "ticket.cycle", "op": "gte", "value": 3}',
        '[
            {"notify": {"roles": ["managers"]}},
            {"add_note": "Opened again for the second time: read the history before you '
        'answer. / Ponownie otwarte po raz drugi: przed odpowiedzią przeczytaj historię."}
        ]',
        30, true
    ),
    (
        '00000000-0000-4000-8000-000000000205',
        'VIP e-mail without an answer and nearly due: its agent and the managers are told',
        'promise.threshold_reached',
        '{"all": [
            {"field": "ticket.channel", "op": "eq", "value": "email"},
            {"field": "client.tier", "op": "in", "value": ["vip_gold", "vip_platinum"]},
            {"field": "ticket.is_answered", "op": "eq", "value": false},
            {"field": "ticket.status", "op": "in", "value": ["open", "assigned", "on_hold"]},
            {"field": "ticket.due_in_seconds", "op": "lte", "value": 1800}
        ]}',
        '[{"notify": {"roles": ["assignee", "deputy_agent", "managers"]}}]',
        30, true
    ),
    (
        '00000000-0000-4000-8000-000000000206',
        'VIP writes to somebody who is absent: the deputy is told',
        'ticket.left_unattended',
        '{"field": "client.tier", "op": "in", "value": ["vip_gold", "vip_platinum"]}',
        '[{"notify": {"roles": ["deputy_agent"]}}]',
        40, true
    ),
    (
        '00000000-0000-4000-8000-000000000207',
        'VIP has lost something: white-glove service lost_item',
        'message.posted',
        '{"all": [
            {"field": "message.author_kind", "op": "eq", "value": "client"},
            {"field": "client.tier", "op": "in", "value": ["vip_gold", "vip_platinum"]},
            {"field": "message.text", "op": "contains", "value": [
                "zgubi*", "zostawił*", "nie mogę znaleźć", "zaginą*", "zaginę*",
                "rzeczy znalezione",
                "i lost my", "i ve lost my", "left my", "left behind", "lost property", "misplaced"
            ]},
            {"not": {"field": "message.text", "op": "contains", "value": [
                "hasło", "hasła", "password", "wiadomość", "opinię", "review", "voicemail"
            ]}}
        ]}',
        '[
            {"open_white_glove": "lost_item"},
            {"add_note": "White-glove service begun: lost item. / '
        'Rozpoczęto obsługę white-glove: rzecz zgubiona."}
        ]',
        40, false
    ),
    (
        '00000000-0000-4000-8000-000000000208',
        'New Platinum client signs up: white-glove service welcome',
        'client.registered',
        '{"field": "client.tier", "op": "eq", "value": "vip_platinum"}',
        '[{"open_white_glove": "welcome"}, {"notify": {"roles": ["relationship_manager"]}}]',
        50, false
    ),
    (
        '00000000-0000-4000-8000-000000000209',
        'Client becomes Platinum: white-glove service welcome',
        'client.tier_changed',
        '{"all": [
            {"field": "client.tier", "op": "eq", "value": "vip_platinum"},
            {"field": "event.previous_tier", "op": "ne", "value": "vip_platinum"}
        ]}',
        '[{"open_white_glove": "welcome"}, {"notify": {"roles": ["relationship_manager"]}}]',
        50, false
    );

-- What is shipped passes the same test as what people save.
do $$
declare
    v_workflow public.workflows;
begin
    for v_workflow in select shipped.* from public.workflows shipped loop
        perform private.require_workflow(
            v_workflow.event_kind, v_workflow.conditions, v_workflow.actions, v_workflow.desk_id
        );
    end loop;
end
$$;
