export type Json = string | number | boolean | null | { [key: string]: Json | undefined } | Json[]

export type Database = {
  
  "public": {
          Tables: {
            "ai_settings": {
                  Row: {
                    "created_at": string,"setting": string,"updated_at": string,"value": NonNullable<Json>
                  }
                  ComputedFields: never
                  Insert: {
                    "created_at"?: string,"setting": string,"updated_at"?: string,"value": NonNullable<Json>
                  }
                  Update: {
                    "created_at"?: string,"setting"?: string,"updated_at"?: string,"value"?: NonNullable<Json>
                  }
                  Relationships: [
                    
                  ]
                },"channels": {
                  Row: {
                    "channel": string,"created_at": string,"is_live": boolean,"label": string,"load_units": number,"updated_at": string
                  }
                  ComputedFields: never
                  Insert: {
                    "channel": string,"created_at"?: string,"is_live": boolean,"label": string,"load_units": number,"updated_at"?: string
                  }
                  Update: {
                    "channel"?: string,"created_at"?: string,"is_live"?: boolean,"label"?: string,"load_units"?: number,"updated_at"?: string
                  }
                  Relationships: [
                    
                  ]
                },"desks": {
                  Row: {
                    "created_at": string,"id": string,"is_default": boolean,"name": string,"updated_at": string
                  }
                  ComputedFields: never
                  Insert: {
                    "created_at"?: string,"id"?: string,"is_default"?: boolean,"name": string,"updated_at"?: string
                  }
                  Update: {
                    "created_at"?: string,"id"?: string,"is_default"?: boolean,"name"?: string,"updated_at"?: string
                  }
                  Relationships: [
                    
                  ]
                },"events": {
                  Row: {
                    "cause_id": number | null,"depth": number,"id": number,"kind": string,"occurred_at": string,"payload": NonNullable<Json>,"subject_id": string | null
                  }
                  ComputedFields: never
                  Insert: {
                    "cause_id"?: number | null,"depth"?: number,"id"?: never,"kind": string,"occurred_at"?: string,"payload"?: NonNullable<Json>,"subject_id"?: string | null
                  }
                  Update: {
                    "cause_id"?: number | null,"depth"?: number,"id"?: never,"kind"?: string,"occurred_at"?: string,"payload"?: NonNullable<Json>,"subject_id"?: string | null
                  }
                  Relationships: [
                    
                  ]
                },"feature_flags": {
                  Row: {
                    "created_at": string,"flag": string,"is_enabled": boolean,"is_public": boolean,"label": string,"updated_at": string,"variable": string
                  }
                  ComputedFields: never
                  Insert: {
                    "created_at"?: string,"flag": string,"is_enabled": boolean,"is_public"?: boolean,"label": string,"updated_at"?: string,"variable": string
                  }
                  Update: {
                    "created_at"?: string,"flag"?: string,"is_enabled"?: boolean,"is_public"?: boolean,"label"?: string,"updated_at"?: string,"variable"?: string
                  }
                  Relationships: [
                    
                  ]
                },"profiles": {
                  Row: {
                    "created_at": string,"desk_id": string,"display_name": string,"id": string,"locale": string,"preferred_languages": (string)[],"tier": string,"time_zone": string,"updated_at": string
                  }
                  ComputedFields: never
                  Insert: {
                    "created_at"?: string,"desk_id"?: string,"display_name": string,"id": string,"locale"?: string,"preferred_languages"?: (string)[],"tier"?: string,"time_zone"?: string,"updated_at"?: string
                  }
                  Update: {
                    "created_at"?: string,"desk_id"?: string,"display_name"?: string,"id"?: string,"locale"?: string,"preferred_languages"?: (string)[],"tier"?: string,"time_zone"?: string,"updated_at"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "profiles_desk_id_fkey"
      columns: ["desk_id"]
isOneToOne: false
      referencedRelation: "desks"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "profiles_tier_is_a_service_level"
      columns: ["tier"]
isOneToOne: false
      referencedRelation: "service_levels"
      referencedColumns: ["tier"]
    }
                  ]
                },"routing_decisions": {
                  Row: {
                    "agent_id": string | null,"candidates": NonNullable<Json>,"cycle": number,"decided_at": string,"event_id": number | null,"id": number,"outcome": string,"policy_version": string,"score": number | null,"skipped": NonNullable<Json>,"ticket_id": string
                  }
                  ComputedFields: never
                  Insert: {
                    "agent_id"?: string | null,"candidates": NonNullable<Json>,"cycle": number,"decided_at"?: string,"event_id"?: number | null,"id"?: never,"outcome": string,"policy_version": string,"score"?: number | null,"skipped": NonNullable<Json>,"ticket_id": string
                  }
                  Update: {
                    "agent_id"?: string | null,"candidates"?: NonNullable<Json>,"cycle"?: number,"decided_at"?: string,"event_id"?: number | null,"id"?: never,"outcome"?: string,"policy_version"?: string,"score"?: number | null,"skipped"?: NonNullable<Json>,"ticket_id"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "routing_decisions_agent_id_fkey"
      columns: ["agent_id"]
isOneToOne: false
      referencedRelation: "staff_members"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "routing_decisions_ticket_id_fkey"
      columns: ["ticket_id"]
isOneToOne: false
      referencedRelation: "my_tickets"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "routing_decisions_ticket_id_fkey"
      columns: ["ticket_id"]
isOneToOne: false
      referencedRelation: "support_tickets"
      referencedColumns: ["id"]
    }
                  ]
                },"routing_requests": {
                  Row: {
                    "completed_at": string | null,"created_at": string,"id": string,"reason": string,"requested_by": string | null,"status": string,"ticket_id": string
                  }
                  ComputedFields: never
                  Insert: {
                    "completed_at"?: string | null,"created_at"?: string,"id"?: string,"reason": string,"requested_by"?: string | null,"status"?: string,"ticket_id": string
                  }
                  Update: {
                    "completed_at"?: string | null,"created_at"?: string,"id"?: string,"reason"?: string,"requested_by"?: string | null,"status"?: string,"ticket_id"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "routing_requests_requested_by_fkey"
      columns: ["requested_by"]
isOneToOne: false
      referencedRelation: "staff_members"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "routing_requests_ticket_id_fkey"
      columns: ["ticket_id"]
isOneToOne: false
      referencedRelation: "my_tickets"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "routing_requests_ticket_id_fkey"
      columns: ["ticket_id"]
isOneToOne: false
      referencedRelation: "support_tickets"
      referencedColumns: ["id"]
    }
                  ]
                },"service_levels": {
                  Row: {
                    "boost": number,"created_at": string,"has_dedicated_agent": boolean,"has_white_glove": boolean,"is_priority": boolean,"response_seconds": number,"tier": string,"updated_at": string
                  }
                  ComputedFields: never
                  Insert: {
                    "boost": number,"created_at"?: string,"has_dedicated_agent": boolean,"has_white_glove": boolean,"is_priority": boolean,"response_seconds": number,"tier": string,"updated_at"?: string
                  }
                  Update: {
                    "boost"?: number,"created_at"?: string,"has_dedicated_agent"?: boolean,"has_white_glove"?: boolean,"is_priority"?: boolean,"response_seconds"?: number,"tier"?: string,"updated_at"?: string
                  }
                  Relationships: [
                    
                  ]
                },"skills": {
                  Row: {
                    "kind": string,"label": string,"skill": string
                  }
                  ComputedFields: never
                  Insert: {
                    "kind"?: never,"label": string,"skill": string
                  }
                  Update: {
                    "kind"?: never,"label"?: string,"skill"?: string
                  }
                  Relationships: [
                    
                  ]
                },"staff_members": {
                  Row: {
                    "capacity_units": number,"created_at": string,"desk_id": string,"id": string,"is_active": boolean,"last_assigned_at": string | null,"role": string,"state": string,"state_changed_at": string,"updated_at": string
                  }
                  ComputedFields: never
                  Insert: {
                    "capacity_units"?: number,"created_at"?: string,"desk_id": string,"id": string,"is_active"?: boolean,"last_assigned_at"?: string | null,"role": string,"state"?: string,"state_changed_at"?: string,"updated_at"?: string
                  }
                  Update: {
                    "capacity_units"?: number,"created_at"?: string,"desk_id"?: string,"id"?: string,"is_active"?: boolean,"last_assigned_at"?: string | null,"role"?: string,"state"?: string,"state_changed_at"?: string,"updated_at"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "staff_members_desk_id_fkey"
      columns: ["desk_id"]
isOneToOne: false
      referencedRelation: "desks"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "staff_members_id_fkey"
      columns: ["id"]
isOneToOne: true
      referencedRelation: "profiles"
      referencedColumns: ["id"]
    }
                  ]
                },"staff_skills": {
                  Row: {
                    "level": number,"skill": string,"staff_id": string
                  }
                  ComputedFields: never
                  Insert: {
                    "level"?: number,"skill": string,"staff_id": string
                  }
                  Update: {
                    "level"?: number,"skill"?: string,"staff_id"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "staff_skills_skill_fkey"
      columns: ["skill"]
isOneToOne: false
      referencedRelation: "skills"
      referencedColumns: ["skill"]
    },{
      foreignKeyName: "staff_skills_staff_id_fkey"
      columns: ["staff_id"]
isOneToOne: false
      referencedRelation: "staff_members"
      referencedColumns: ["id"]
    }
                  ]
                },"support_tickets": {
                  Row: {
                    "assigned_at": string | null,"assignee_id": string | null,"category": string,"channel": string,"client_id": string,"closed_at": string | null,"cycle": number,"desk_id": string,"first_responded_at": string | null,"first_response_due_at": string,"id": string,"language": string,"last_message_at": string,"number": number,"opened_at": string,"priority": string,"queue_desk_id": string | null,"reopened_at": string | null,"required_skills": (string)[],"resolution": string | null,"resolved_at": string | null,"status": string,"subject": string,"tier": string,"updated_at": string,"version": number
                  }
                  ComputedFields: never
                  Insert: {
                    "assigned_at"?: string | null,"assignee_id"?: string | null,"category"?: string,"channel": string,"client_id": string,"closed_at"?: string | null,"cycle"?: number,"desk_id"?: string,"first_responded_at"?: string | null,"first_response_due_at": string,"id"?: string,"language"?: string,"last_message_at"?: string,"number"?: never,"opened_at"?: string,"priority"?: string,"queue_desk_id"?: never,"reopened_at"?: string | null,"required_skills"?: (string)[],"resolution"?: string | null,"resolved_at"?: string | null,"status"?: string,"subject": string,"tier": string,"updated_at"?: string,"version"?: number
                  }
                  Update: {
                    "assigned_at"?: string | null,"assignee_id"?: string | null,"category"?: string,"channel"?: string,"client_id"?: string,"closed_at"?: string | null,"cycle"?: number,"desk_id"?: string,"first_responded_at"?: string | null,"first_response_due_at"?: string,"id"?: string,"language"?: string,"last_message_at"?: string,"number"?: never,"opened_at"?: string,"priority"?: string,"queue_desk_id"?: never,"reopened_at"?: string | null,"required_skills"?: (string)[],"resolution"?: string | null,"resolved_at"?: string | null,"status"?: string,"subject"?: string,"tier"?: string,"updated_at"?: string,"version"?: number
                  }
                  Relationships: [
                    {
      foreignKeyName: "support_tickets_assignee_id_fkey"
      columns: ["assignee_id"]
isOneToOne: false
      referencedRelation: "staff_members"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "support_tickets_category_fkey"
      columns: ["category"]
isOneToOne: false
      referencedRelation: "ticket_categories"
      referencedColumns: ["category"]
    },{
      foreignKeyName: "support_tickets_channel_fkey"
      columns: ["channel"]
isOneToOne: false
      referencedRelation: "channels"
      referencedColumns: ["channel"]
    },{
      foreignKeyName: "support_tickets_client_id_fkey"
      columns: ["client_id"]
isOneToOne: false
      referencedRelation: "profiles"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "support_tickets_desk_id_fkey"
      columns: ["desk_id"]
isOneToOne: false
      referencedRelation: "desks"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "support_tickets_tier_fkey"
      columns: ["tier"]
isOneToOne: false
      referencedRelation: "service_levels"
      referencedColumns: ["tier"]
    }
                  ]
                },"ticket_categories": {
                  Row: {
                    "category": string,"created_at": string,"label": string,"required_skills": (string)[],"updated_at": string
                  }
                  ComputedFields: never
                  Insert: {
                    "category": string,"created_at"?: string,"label": string,"required_skills"?: (string)[],"updated_at"?: string
                  }
                  Update: {
                    "category"?: string,"created_at"?: string,"label"?: string,"required_skills"?: (string)[],"updated_at"?: string
                  }
                  Relationships: [
                    
                  ]
                },"ticket_events": {
                  Row: {
                    "actor_id": string | null,"cycle": number,"details": NonNullable<Json>,"id": number,"is_internal": boolean,"kind": string,"occurred_at": string,"ticket_id": string
                  }
                  ComputedFields: never
                  Insert: {
                    "actor_id"?: string | null,"cycle": number,"details"?: NonNullable<Json>,"id"?: never,"is_internal"?: boolean,"kind": string,"occurred_at"?: string,"ticket_id": string
                  }
                  Update: {
                    "actor_id"?: string | null,"cycle"?: number,"details"?: NonNullable<Json>,"id"?: never,"is_internal"?: boolean,"kind"?: string,"occurred_at"?: string,"ticket_id"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "ticket_events_ticket_id_fkey"
      columns: ["ticket_id"]
isOneToOne: false
      referencedRelation: "my_tickets"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "ticket_events_ticket_id_fkey"
      columns: ["ticket_id"]
isOneToOne: false
      referencedRelation: "support_tickets"
      referencedColumns: ["id"]
    }
                  ]
                },"ticket_messages": {
                  Row: {
                    "author_id": string | null,"author_kind": string,"body": string,"created_at": string,"id": string,"is_internal": boolean,"ticket_id": string,"updated_at": string
                  }
                  ComputedFields: never
                  Insert: {
                    "author_id"?: string | null,"author_kind": string,"body": string,"created_at"?: string,"id"?: string,"is_internal"?: boolean,"ticket_id": string,"updated_at"?: string
                  }
                  Update: {
                    "author_id"?: string | null,"author_kind"?: string,"body"?: string,"created_at"?: string,"id"?: string,"is_internal"?: boolean,"ticket_id"?: string,"updated_at"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "ticket_messages_author_id_fkey"
      columns: ["author_id"]
isOneToOne: false
      referencedRelation: "profiles"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "ticket_messages_ticket_id_fkey"
      columns: ["ticket_id"]
isOneToOne: false
      referencedRelation: "my_tickets"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "ticket_messages_ticket_id_fkey"
      columns: ["ticket_id"]
isOneToOne: false
      referencedRelation: "support_tickets"
      referencedColumns: ["id"]
    }
                  ]
                },"vip_client_profiles": {
                  Row: {
                    "client_id": string,"created_at": string,"custom_services": (string)[],"dedicated_agent_id": string | null,"exclusive_access": (string)[],"id": string,"opportunity_score": number | null,"preferences": NonNullable<Json>,"relationship_manager_id": string | null,"risk_status": string,"tier": string,"updated_at": string,"version": number
                  }
                  ComputedFields: never
                  Insert: {
                    "client_id": string,"created_at"?: string,"custom_services"?: (string)[],"dedicated_agent_id"?: string | null,"exclusive_access"?: (string)[],"id"?: string,"opportunity_score"?: number | null,"preferences"?: NonNullable<Json>,"relationship_manager_id"?: string | null,"risk_status"?: string,"tier": string,"updated_at"?: string,"version"?: number
                  }
                  Update: {
                    "client_id"?: string,"created_at"?: string,"custom_services"?: (string)[],"dedicated_agent_id"?: string | null,"exclusive_access"?: (string)[],"id"?: string,"opportunity_score"?: number | null,"preferences"?: NonNullable<Json>,"relationship_manager_id"?: string | null,"risk_status"?: string,"tier"?: string,"updated_at"?: string,"version"?: number
                  }
                  Relationships: [
                    {
      foreignKeyName: "vip_client_profiles_dedicated_agent_id_fkey"
      columns: ["dedicated_agent_id"]
isOneToOne: false
      referencedRelation: "staff_members"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "vip_client_profiles_relationship_manager_id_fkey"
      columns: ["relationship_manager_id"]
isOneToOne: false
      referencedRelation: "staff_members"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "vip_client_profiles_tier_is_the_clients"
      columns: ["client_id","tier"]
isOneToOne: false
      referencedRelation: "profiles"
      referencedColumns: ["id","tier"]
    }
                  ]
                },"vip_profile_changes": {
                  Row: {
                    "changed_at": string,"changed_by": string | null,"client_id": string,"field": string,"id": number,"new_value": string | null,"old_value": string | null,"reason": string | null
                  }
                  ComputedFields: never
                  Insert: {
                    "changed_at"?: string,"changed_by"?: string | null,"client_id": string,"field": string,"id"?: never,"new_value"?: string | null,"old_value"?: string | null,"reason"?: string | null
                  }
                  Update: {
                    "changed_at"?: string,"changed_by"?: string | null,"client_id"?: string,"field"?: string,"id"?: never,"new_value"?: string | null,"old_value"?: string | null,"reason"?: string | null
                  }
                  Relationships: [
                    {
      foreignKeyName: "vip_profile_changes_client_id_fkey"
      columns: ["client_id"]
isOneToOne: false
      referencedRelation: "profiles"
      referencedColumns: ["id"]
    }
                  ]
                }
          }
          Views: {
            "my_tickets": {
                  Row: {
                    "category": string,"channel": string,"closed_at": string | null,"cycle": number,"first_responded_at": string | null,"first_response_due_at": string,"id": string,"language": string,"last_message_at": string,"number": number,"opened_at": string,"priority": string,"resolution": string | null,"resolved_at": string | null,"status": string,"subject": string,"updated_at": string,"version": number
                  }
                  ComputedFields: never
                  Insert: {
                           "category"?: string | null,"channel"?: string | null,"closed_at"?: string | null,"cycle"?: number | null,"first_responded_at"?: string | null,"first_response_due_at"?: string | null,"id"?: string | null,"language"?: string | null,"last_message_at"?: string | null,"number"?: number | null,"opened_at"?: string | null,"priority"?: string | null,"resolution"?: string | null,"resolved_at"?: string | null,"status"?: string | null,"subject"?: string | null,"updated_at"?: string | null,"version"?: number | null
                         }
                        Update: {
                           "category"?: string | null,"channel"?: string | null,"closed_at"?: string | null,"cycle"?: number | null,"first_responded_at"?: string | null,"first_response_due_at"?: string | null,"id"?: string | null,"language"?: string | null,"last_message_at"?: string | null,"number"?: number | null,"opened_at"?: string | null,"priority"?: string | null,"resolution"?: string | null,"resolved_at"?: string | null,"status"?: string | null,"subject"?: string | null,"updated_at"?: string | null,"version"?: number | null
                         }
                        Relationships: [
                    {
      foreignKeyName: "support_tickets_category_fkey"
      columns: ["category"]
isOneToOne: false
      referencedRelation: "ticket_categories"
      referencedColumns: ["category"]
    },{
      foreignKeyName: "support_tickets_channel_fkey"
      columns: ["channel"]
isOneToOne: false
      referencedRelation: "channels"
      referencedColumns: ["channel"]
    }
                  ]
                }
          }
          Functions: {
            "add_ticket_note":
{ Args: { "p_body": string,"p_ticket_id": string }; Returns: Json
                           },
"assign_ticket":
{ Args: { "p_agent_id": string,"p_force"?: boolean,"p_ticket_id": string,"p_version": number }; Returns: Json
                           },
"close_ticket":
{ Args: { "p_ticket_id": string,"p_version": number }; Returns: Json
                           },
"get_configuration_history":
{ Args: { "p_limit"?: number,"p_row_key"?: string,"p_table_name": string }; Returns: Json
                           },
"get_desk_queue":
{ Args: { "p_limit"?: number }; Returns: Json
                           },
"get_ticket":
{ Args: { "p_ticket_id": string }; Returns: Json
                           },
"open_ticket":
{ Args: { "p_body": string,"p_category"?: string,"p_channel": string,"p_client_id"?: string,"p_idempotency_key"?: string,"p_language"?: string,"p_subject": string }; Returns: Json
                           },
"reopen_ticket":
{ Args: { "p_reason": string,"p_ticket_id": string }; Returns: Json
                           },
"reply_to_ticket":
{ Args: { "p_body": string,"p_idempotency_key"?: string,"p_ticket_id": string }; Returns: Json
                           },
"request_ticket_routing":
{ Args: { "p_ticket_id": string }; Returns: Json
                           },
"resolve_ticket":
{ Args: { "p_resolution": string,"p_ticket_id": string,"p_version": number }; Returns: Json
                           },
"revoke_staff_role":
{ Args: { "p_reason"?: string,"p_staff_id": string }; Returns: Json
                           },
"set_ai_setting":
{ Args: { "p_changes": Json,"p_reason"?: string,"p_setting": string }; Returns: Json
                           },
"set_channel_load":
{ Args: { "p_channel": string,"p_load_units": number,"p_reason"?: string }; Returns: Json
                           },
"set_client_tier":
{ Args: { "p_client_id": string,"p_reason": string,"p_tier": string }; Returns: Json
                           },
"set_dedicated_agent":
{ Args: { "p_agent_id": string,"p_client_id": string,"p_reason": string }; Returns: Json
                           },
"set_feature_flag":
{ Args: { "p_flag": string,"p_is_enabled": boolean,"p_reason"?: string }; Returns: Json
                           },
"set_presence":
{ Args: { "p_state": string }; Returns: Json
                           },
"set_service_level":
{ Args: { "p_boost"?: number,"p_has_dedicated_agent"?: boolean,"p_has_white_glove"?: boolean,"p_is_priority"?: boolean,"p_reason"?: string,"p_response_seconds"?: number,"p_tier": string }; Returns: Json
                           },
"set_staff_role":
{ Args: { "p_capacity_units"?: number,"p_desk_id"?: string,"p_reason"?: string,"p_role": string,"p_staff_id": string }; Returns: Json
                           },
"set_staff_skills":
{ Args: { "p_reason"?: string,"p_skills": Json,"p_staff_id": string }; Returns: Json
                           },
"set_ticket_status":
{ Args: { "p_status": string,"p_ticket_id": string,"p_version": number }; Returns: Json
                           },
"take_ticket":
{ Args: { "p_ticket_id": string }; Returns: Json
                           },
"unassign_ticket":
{ Args: { "p_reason"?: string,"p_ticket_id": string,"p_version": number }; Returns: Json
                           }
          }
          Enums: {
            [_ in never]: never
          }
          CompositeTypes: {
            [_ in never]: never
          }
        }
}

type DatabaseWithoutInternals = Omit<Database, '__InternalSupabase'>

type DefaultSchema = DatabaseWithoutInternals[Extract<keyof Database, "public">]

export type Tables<
  DefaultSchemaTableNameOrOptions extends
    | keyof (DefaultSchema["Tables"] & DefaultSchema["Views"])
    | { schema: keyof DatabaseWithoutInternals },
  TableName extends DefaultSchemaTableNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals
  }
    ? keyof (DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"] &
        DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Views"])
    : never = never
> = DefaultSchemaTableNameOrOptions extends { schema: keyof DatabaseWithoutInternals }
  ? (DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"] &
      DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Views"])[TableName] extends {
      Row: infer R
    }
    ? R
    : never
  : DefaultSchemaTableNameOrOptions extends keyof (DefaultSchema["Tables"] & DefaultSchema["Views"])
  ? (DefaultSchema["Tables"] & DefaultSchema["Views"])[DefaultSchemaTableNameOrOptions] extends {
      Row: infer R
    }
    ? R
    : never
  : never

export type TablesInsert<
  DefaultSchemaTableNameOrOptions extends
    | keyof DefaultSchema["Tables"]
    | { schema: keyof DatabaseWithoutInternals },
  TableName extends DefaultSchemaTableNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals
  }
    ? keyof DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"]
    : never = never
> = DefaultSchemaTableNameOrOptions extends { schema: keyof DatabaseWithoutInternals }
  ? DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"][TableName] extends {
      Insert: infer I
    }
    ? I
    : never
  : DefaultSchemaTableNameOrOptions extends keyof DefaultSchema["Tables"]
  ? DefaultSchema["Tables"][DefaultSchemaTableNameOrOptions] extends {
      Insert: infer I
    }
    ? I
    : never
  : never

export type TablesUpdate<
  DefaultSchemaTableNameOrOptions extends
    | keyof DefaultSchema["Tables"]
    | { schema: keyof DatabaseWithoutInternals },
  TableName extends DefaultSchemaTableNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals
  }
    ? keyof DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"]
    : never = never
> = DefaultSchemaTableNameOrOptions extends { schema: keyof DatabaseWithoutInternals }
  ? DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"][TableName] extends {
      Update: infer U
    }
    ? U
    : never
  : DefaultSchemaTableNameOrOptions extends keyof DefaultSchema["Tables"]
  ? DefaultSchema["Tables"][DefaultSchemaTableNameOrOptions] extends {
      Update: infer U
    }
    ? U
    : never
  : never

export type Enums<
  DefaultSchemaEnumNameOrOptions extends
    | keyof DefaultSchema["Enums"]
    | { schema: keyof DatabaseWithoutInternals },
  EnumName extends DefaultSchemaEnumNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals
  }
    ? keyof DatabaseWithoutInternals[DefaultSchemaEnumNameOrOptions["schema"]]["Enums"]
    : never = never
> = DefaultSchemaEnumNameOrOptions extends { schema: keyof DatabaseWithoutInternals }
  ? DatabaseWithoutInternals[DefaultSchemaEnumNameOrOptions["schema"]]["Enums"][EnumName]
  : DefaultSchemaEnumNameOrOptions extends keyof DefaultSchema["Enums"]
  ? DefaultSchema["Enums"][DefaultSchemaEnumNameOrOptions]
  : never

export type CompositeTypes<
  PublicCompositeTypeNameOrOptions extends
    | keyof DefaultSchema["CompositeTypes"]
    | { schema: keyof DatabaseWithoutInternals },
  CompositeTypeName extends PublicCompositeTypeNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals
  }
    ? keyof DatabaseWithoutInternals[PublicCompositeTypeNameOrOptions["schema"]]["CompositeTypes"]
    : never = never
> = PublicCompositeTypeNameOrOptions extends { schema: keyof DatabaseWithoutInternals }
  ? DatabaseWithoutInternals[PublicCompositeTypeNameOrOptions["schema"]]["CompositeTypes"][CompositeTypeName]
  : PublicCompositeTypeNameOrOptions extends keyof DefaultSchema["CompositeTypes"]
  ? DefaultSchema["CompositeTypes"][PublicCompositeTypeNameOrOptions]
  : never

export const Constants = {
  "public": {
          Enums: {
            
          }
        }
} as const
